export { definition } from './delta-source'
