import { ClockReader, ClockWriter, clockChannel, realEpochMs } from '../protocol/clock/session-clock'

/**
 * Without shared memory (a page that is not isolated) every worker has a copy of the session clock. The engine's is the
 * original: its bytes go to the others after each change, and to each newcomer when it asks.
 */
const ASK = 'state?'

/** The engine's clock, which the copies follow. */
export function leadingClock(buffer: ArrayBufferLike): ClockWriter {
  const name = clockChannel(buffer)
  if (name === null) return new ClockWriter(buffer)
  const channel = new BroadcastChannel(name)
  const post = () => channel.postMessage(new Uint8Array(buffer))
  channel.onmessage = (event: MessageEvent<unknown>) => {
    if (event.data === ASK) post()
  }
  return new ClockWriter(buffer, realEpochMs, post)
}

/** The clock of another worker. */
export function followingClock(buffer: ArrayBufferLike): ClockReader {
  const name = clockChannel(buffer)
  if (name !== null) {
    const channel = new BroadcastChannel(name)
    channel.onmessage = (event: MessageEvent<unknown>) => {
      if (event.data instanceof Uint8Array) new Uint8Array(buffer).set(event.data)
    }
    channel.postMessage(ASK)
  }
  return new ClockReader(buffer)
}
