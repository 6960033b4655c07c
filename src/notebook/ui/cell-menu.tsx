import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  tokens,
} from '@fluentui/react-components'
import {
  ArrowDownRegular,
  ArrowUpRegular,
  DeleteRegular,
  EditRegular,
  MoreHorizontalRegular,
} from '@fluentui/react-icons'

export type CellMenuProps = {
  readonly number: number
  readonly isCode: boolean
  readonly onMove: (step: 1 | -1) => void
  readonly onDelete: () => void
  readonly onKind: (kind: 'code' | 'markdown') => void
  readonly onEdit: () => void
}

const useStyles = makeStyles({
  button: { minWidth: '28px', width: '28px', height: '24px', backgroundColor: tokens.colorNeutralBackground1 },
})

/** The keys do all of this; the menu is for the mouse and for who looks for it. */
export function CellMenu({ number, isCode, onMove, onDelete, onKind, onEdit }: CellMenuProps) {
  const styles = useStyles()
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          tabIndex={-1}
          className={styles.button}
          size="small"
          icon={<MoreHorizontalRegular />}
          aria-label={`More for cell ${number}`}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem icon={<EditRegular />} onClick={onEdit}>
            Edit
          </MenuItem>
          <MenuItem icon={<ArrowUpRegular />} onClick={() => onMove(-1)}>
            Move up
          </MenuItem>
          <MenuItem icon={<ArrowDownRegular />} onClick={() => onMove(1)}>
            Move down
          </MenuItem>
          <MenuItem onClick={() => onKind(isCode ? 'markdown' : 'code')}>
            Change to {isCode ? 'Markdown' : 'code'}
          </MenuItem>
          <MenuItem icon={<DeleteRegular />} onClick={onDelete}>
            Delete
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
