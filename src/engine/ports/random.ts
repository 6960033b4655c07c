/** Random numbers and ids; seeded in tests, so that a failing run can be repeated. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** UUID version 4, lower case. */
  uuid(): string
}
