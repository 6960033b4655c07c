const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i

/** Bytes of standard base64, padded, blanks between groups allowed as Spark's JSON reader does; null when malformed. */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let length = 0
  let at = 0
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 32) at++
    if (at >= text.length) return bytes.subarray(0, length)
    if (at + 4 > text.length) return null
    const [a, b, c, d] = [valueAt(text, at), valueAt(text, at + 1), valueAt(text, at + 2), valueAt(text, at + 3)]
    if (a < 0 || b < 0) return null
    bytes[length++] = (a << 2) | (b >> 4)
    if (text[at + 2] === '=') {
      if (text[at + 3] !== '=') return null
    } else if (c < 0) return null
    else {
      bytes[length++] = (b << 4) | (c >> 2)
      if (text[at + 3] !== '=') {
        if (d < 0) return null
        bytes[length++] = (c << 6) | d
      }
    }
    at += 4
  }
}

export function encodeBase64(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  for (let i = start; i < end; i += 3) {
    const [a, b, c] = [bytes[i], i + 1 < end ? bytes[i + 1] : 0, i + 2 < end ? bytes[i + 2] : 0]
    text += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)]
    text += i + 1 < end ? ALPHABET[((b & 15) << 2) | (c >> 6)] : '='
    text += i + 2 < end ? ALPHABET[c & 63] : '='
  }
  return text
}

function valueAt(text: string, at: number): number {
  return VALUES[text.charCodeAt(at)] ?? -1
}
