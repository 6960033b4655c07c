export { definition } from './delta-sink'
