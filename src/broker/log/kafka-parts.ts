import type { KafkaParts } from '../../engine/ports/broker'

/** `KafkaParts` as JSON: bytes as base64. */
export type StoredKafkaParts = {
  readonly key: string | null
  readonly headers: readonly (readonly [string, string | null])[] | null
  readonly nullValue?: true
}

export function kafkaToStore(parts: KafkaParts | null): StoredKafkaParts | null {
  if (parts === null) return null
  const { key, headers, isNullValue } = parts
  return {
    key: toBase64(key),
    headers: headers?.map(({ key: name, value }) => [name, toBase64(value)]) ?? null,
    ...(isNullValue ? { nullValue: true } : {}),
  }
}

export function storedToKafka(stored: StoredKafkaParts | null): KafkaParts | null {
  if (stored === null) return null
  const { key, headers, nullValue } = stored
  return {
    key: fromBase64(key),
    headers: headers?.map(([name, value]) => ({ key: name, value: fromBase64(value) })) ?? null,
    isNullValue: nullValue === true,
  }
}

function toBase64(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string | null): Uint8Array | null {
  return text === null ? null : Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
