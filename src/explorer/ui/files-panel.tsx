import { Tree, TreeItem, TreeItemLayout, makeStyles, tokens } from '@fluentui/react-components'
import { DocumentRegular, FolderRegular } from '@fluentui/react-icons'
import type { FileEntry } from '../../protocol/workers/engine'
import { formatBytes } from '../../ui/format'

export type FilesPanelProps = {
  readonly label: string
  readonly roots: readonly { readonly path: string; readonly name: string }[]
  readonly folders: Readonly<Record<string, readonly FileEntry[]>>
  readonly onOpenFolder: (path: string) => void
  readonly onOpenFile: (path: string) => void
}

const useStyles = makeStyles({ size: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 } })

/** Folders load when they open. */
export function FilesPanel({ label, roots, ...rest }: FilesPanelProps) {
  return (
    <Tree
      aria-label={label}
      size="small"
      onOpenChange={(_event, data) => {
        if (data.open) rest.onOpenFolder(String(data.value))
      }}
    >
      {roots.map((root) => (
        <Folder key={root.path} path={root.path} name={root.name} {...rest} />
      ))}
    </Tree>
  )
}

function Folder({ path, name, ...rest }: { path: string; name: string } & Omit<FilesPanelProps, 'label' | 'roots'>) {
  const styles = useStyles()
  const entries = rest.folders[path]
  return (
    <TreeItem itemType="branch" value={path}>
      <TreeItemLayout iconBefore={<FolderRegular />}>{name}</TreeItemLayout>
      <Tree>
        {entries === undefined || entries.length === 0 ? (
          <TreeItem itemType="leaf" value={`${path}#empty`}>
            <TreeItemLayout>
              <span className={styles.size}>{entries === undefined ? 'Reading…' : 'Empty'}</span>
            </TreeItemLayout>
          </TreeItem>
        ) : (
          entries.map((entry) =>
            entry.isFolder ? (
              <Folder key={entry.path} path={entry.path} name={entry.name} {...rest} />
            ) : (
              <TreeItem
                key={entry.path}
                itemType="leaf"
                value={entry.path}
                onClick={() => rest.onOpenFile(entry.path)}
                onKeyDown={(event) => event.key === 'Enter' && rest.onOpenFile(entry.path)}
              >
                <TreeItemLayout
                  iconBefore={<DocumentRegular />}
                  aside={<span className={styles.size}>{formatBytes(entry.sizeBytes)}</span>}
                >
                  {entry.name}
                </TreeItemLayout>
              </TreeItem>
            ),
          )
        )}
      </Tree>
    </TreeItem>
  )
}
