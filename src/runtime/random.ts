import type { Random } from '../engine/ports/random'

/** Unpredictable numbers and ids of the platform. */
export const platformRandom: Random = {
  next: () => crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32,
  uuid: () => crypto.randomUUID(),
}
