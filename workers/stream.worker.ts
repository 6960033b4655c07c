import { expose } from '../src/protocol/workers/remote'
import { openBrowserFiles } from '../src/runtime/browser-files'
import { streamRuntime } from '../src/runtime/stream-runtime'

expose(streamRuntime({ openFiles: openBrowserFiles }))
