import { realWorkers } from './real-workers'
import { startApp } from './start'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
startApp(root, realWorkers)
