import { expose } from '../src/protocol/workers/remote'
import { openBrowserFiles } from '../src/runtime/browser-files'
import { BrokerRuntime } from '../src/runtime/broker-runtime'

expose(new BrokerRuntime({ openFiles: openBrowserFiles }))
