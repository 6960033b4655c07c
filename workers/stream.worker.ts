import { expose } from '../src/protocol/workers/remote'
import { openBrowserFiles } from '../src/runtime/browser-files'
import { streamRuntime } from '../src/runtime/stream-runtime'

/** What one micro-batch writes: offsets, data, log entry, commit, state. */
const FILES_A_BATCH = 5
/** Used files are replaced between triggers: the next trigger, which may follow at once, takes from the other half. */
const FILES_READY = 2 * FILES_A_BATCH

expose(streamRuntime({ openFiles: (config) => openBrowserFiles(config, FILES_READY) }))
