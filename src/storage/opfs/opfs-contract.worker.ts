import { serveContract } from './opfs-contract.page'

serveContract(self as unknown as Worker)
