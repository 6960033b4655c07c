const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of UTF-8 bytes, each malformed sequence as Java replaces it: an encoded surrogate is one U+FFFD, not three. */
export function decodeJavaUtf8(bytes: Uint8Array): string {
  const owned = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice()
  let text = ''
  let from = 0
  for (let i = bytes.indexOf(0xed); i >= 0; i = bytes.indexOf(0xed, i + 1)) {
    const isSurrogate = bytes[i + 1] >= 0xa0 && bytes[i + 1] <= 0xbf && bytes[i + 2] >= 0x80 && bytes[i + 2] <= 0xbf
    if (!isSurrogate) continue
    text += `${decoder.decode(owned.subarray(from, i))}\ufffd`
    from = i + 3
  }
  return text + decoder.decode(from === 0 ? owned : owned.subarray(from))
}
