import { Button } from '@fluentui/react-components'
import DOMPurify from 'dompurify'
import { useEffect, useMemo, useRef, useState } from 'react'

/** HTML of others without script, event handlers, forms or frames. */
export function SafeHtml({ html, className }: { html: string; className?: string }) {
  const clean = useMemo(() => sanitize(html), [html])
  return <div className={className} dangerouslySetInnerHTML={{ __html: clean }} />
}

export function sanitize(html: string): string {
  return DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true, svg: true, mathMl: true },
    FORBID_TAGS: ['form', 'input', 'button', 'style'],
  })
}

/** True when the HTML only works with its script: then it runs in a sandbox. */
export function needsScript(html: string): boolean {
  return /<script[\s>]/i.test(html)
}

/**
 * HTML with script, in a frame of another origin without network: `output-frame.html` writes what it is sent.
 * An output that came with a file runs only when the learner says so. A `srcdoc` frame would inherit this page's policy and run nothing.
 */
export function SandboxedHtml({ html, title, asksFirst }: { html: string; title: string; asksFirst: boolean }) {
  const [isAllowed, setIsAllowed] = useState(false)
  if (!asksFirst || isAllowed) return <Frame html={html} title={title} />
  return (
    <Button size="small" onClick={() => setIsAllowed(true)}>
      Show this output: it runs script
    </Button>
  )
}

function Frame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(240)
  useEffect(() => {
    const listen = (event: MessageEvent) => {
      if (event.source !== frame.current?.contentWindow) return
      const data = event.data as { kind?: unknown; height?: unknown }
      if (data.kind === 'ready') frame.current?.contentWindow?.postMessage({ kind: 'html', html }, '*')
      if (data.kind === 'height') setHeight(Math.min(480, Math.max(60, Number(data.height) || 0)))
    }
    window.addEventListener('message', listen)
    return () => window.removeEventListener('message', listen)
  }, [html])
  return (
    <iframe
      ref={frame}
      key={html}
      title={title}
      sandbox="allow-scripts"
      // No service worker sees a sandboxed frame: on a host without headers it would lack the isolation this page demands.
      {...{ credentialless: '' }}
      src={`${import.meta.env.BASE_URL}output-frame.html`}
      style={{ width: '100%', height, border: 0, background: 'white' }}
    />
  )
}
