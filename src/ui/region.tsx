import type { ReactNode } from 'react'

export type RegionProps = { readonly label: string; readonly className?: string; readonly children: ReactNode }

/** A landmark that F6 reaches: tests and screen readers find it by name. */
export function Region({ label, className, children }: RegionProps) {
  return (
    <section aria-label={label} className={className} data-region={label} tabIndex={-1}>
      {children}
    </section>
  )
}
