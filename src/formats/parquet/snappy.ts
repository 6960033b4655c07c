import { snappyUncompress } from 'hyparquet/src/snappy.js'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'
import { snappyCompressor, snappyUncompressor } from 'hysnappy'

type Codec = {
  compress: (bytes: Uint8Array) => Uint8Array
  uncompress: (bytes: Uint8Array, uncompressedBytes: number) => Uint8Array
}

let codec: Codec | null = null

/** Snappy as this browser can do it: by WebAssembly, or in JavaScript where there is none (JIT off). */
export function snappy(): Codec {
  codec ??= typeof WebAssembly === 'object' ? wasmCodec() : scriptCodec()
  return codec
}

function wasmCodec(): Codec {
  return { compress: snappyCompressor(), uncompress: snappyUncompressor() }
}

/** Several times slower. */
export function scriptCodec(): Codec {
  return {
    compress: snappyCompress,
    uncompress(bytes, uncompressedBytes) {
      const output = new Uint8Array(uncompressedBytes)
      snappyUncompress(bytes, output)
      return output
    },
  }
}
