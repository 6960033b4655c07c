// The generated messages under one roof; everything else imports from here.
export * from './generated/spark/connect/base_pb'
export * from './generated/spark/connect/catalog_pb'
export * from './generated/spark/connect/commands_pb'
export * from './generated/spark/connect/expressions_pb'
export * from './generated/spark/connect/relations_pb'
export * from './generated/spark/connect/types_pb'
