import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tree,
  TreeItem,
  TreeItemLayout,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import { MoreHorizontalRegular, TableRegular } from '@fluentui/react-icons'
import { memo } from 'react'
import type { TableInfo } from '../../protocol/workers/engine'
import { formatCount } from '../../ui/format'
import { typeName } from '../model/grid'

export type TablesPanelProps = {
  readonly tables: readonly TableInfo[]
  readonly isReadOnly: boolean
  readonly onPreview: (name: string) => void
  readonly onInsert: (code: string) => void
  readonly onDrop: (name: string) => void
}

const useStyles = makeStyles({
  empty: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, padding: '2px 8px 8px' },
  // Begins at one place while it grows.
  rows: {
    minWidth: '56px',
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    fontVariantNumeric: 'tabular-nums',
  },
  type: { color: tokens.colorNeutralForeground3, marginLeft: '6px', fontSize: tokens.fontSizeBase200 },
})

export const TablesPanel = memo(function TablesPanel({ tables, ...rest }: TablesPanelProps) {
  const styles = useStyles()
  if (tables.length === 0) return <div className={styles.empty}>Tables appear here when a query writes one.</div>
  return (
    <Tree aria-label="Tables" size="small">
      {tables.map((table) => (
        <TableItem key={table.name} table={table} {...rest} />
      ))}
    </Tree>
  )
})

type TableItemProps = Omit<TablesPanelProps, 'tables'> & { readonly table: TableInfo }

/** The list comes anew with every commit; a table that did not change is not drawn again. */
const TableItem = memo(
  function TableItem({ table, isReadOnly, onPreview, onInsert, onDrop }: TableItemProps) {
    const styles = useStyles()
    return (
      <TreeItem itemType="branch" value={table.name}>
        <TreeItemLayout
          iconBefore={<TableRegular />}
          aside={<span className={styles.rows}>{table.numRows === null ? '' : formatCount(table.numRows)}</span>}
          actions={
            <Menu>
              <MenuTrigger disableButtonEnhancement>
                <Button
                  size="small"
                  appearance="subtle"
                  icon={<MoreHorizontalRegular />}
                  aria-label={`More for table ${table.name}`}
                />
              </MenuTrigger>
              <MenuPopover>
                <MenuList>
                  <MenuItem onClick={() => onPreview(table.name)}>Show rows</MenuItem>
                  {!isReadOnly && (
                    <MenuItem onClick={() => onInsert(`display(spark.table("${table.name}").limit(20))`)}>
                      Insert a cell that reads it
                    </MenuItem>
                  )}
                  {!isReadOnly && <MenuItem onClick={() => onDrop(table.name)}>Delete table</MenuItem>}
                </MenuList>
              </MenuPopover>
            </Menu>
          }
        >
          {table.name}
        </TreeItemLayout>
        <Tree>
          {table.schema.fields.map((field) => (
            <TreeItem key={field.name} itemType="leaf" value={`${table.name}.${field.name}`}>
              <TreeItemLayout>
                <span title={`${field.name}: ${typeName(field.type)}`}>
                  {field.name}
                  <span className={styles.type}>{typeName(field.type)}</span>
                </span>
              </TreeItemLayout>
            </TreeItem>
          ))}
        </Tree>
      </TreeItem>
    )
  },
  (before, now) =>
    before.isReadOnly === now.isReadOnly &&
    before.table.name === now.table.name &&
    before.table.numRows === now.table.numRows &&
    JSON.stringify(before.table.schema) === JSON.stringify(now.table.schema),
)
