import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import type { ReactNode } from 'react'

export type SheetDialogProps = {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  /** Class of the surface. */
  readonly className?: string
  readonly children: ReactNode
}

/** Something to read, then to close. Its text takes the focus, so that the keyboard scrolls it. */
export function SheetDialog({ title, isOpen, onClose, className, children }: SheetDialogProps) {
  return (
    <Dialog open={isOpen} onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface className={className}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent tabIndex={0}>{children}</DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              Close
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
