export type * from './column'
export type * from './data-type'
