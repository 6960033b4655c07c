import { expose } from '../src/protocol/workers/remote'
import { openBrowserFiles } from '../src/runtime/browser-files'
import { streamRuntime } from '../src/runtime/stream-runtime'

/** What one micro-batch writes: offsets, data, log entry, commit, state. */
const FILES_A_BATCH = 5

expose(streamRuntime({ openFiles: (config) => openBrowserFiles(config, FILES_A_BATCH) }))
