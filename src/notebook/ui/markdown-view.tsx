import { makeStyles, tokens } from '@fluentui/react-components'
import markdownIt from 'markdown-it'
import { memo, useMemo } from 'react'
import { SafeHtml } from './safe-html'

const markdown = markdownIt({ html: true, linkify: true, breaks: false })
// Links leave the workbench in a tab of their own, so that streams go on.
markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index].attrSet('target', '_blank')
  tokens[index].attrSet('rel', 'noopener noreferrer')
  return self.renderToken(tokens, index, options)
}

const useStyles = makeStyles({
  text: {
    fontSize: tokens.fontSizeBase300,
    lineHeight: '1.5',
    overflowWrap: 'break-word',
    maxWidth: '78ch',
    '& > :first-child': { marginTop: 0 },
    '& > :last-child': { marginBottom: 0 },
    '& h1': { fontSize: '22px', lineHeight: '1.25', margin: '10px 0 6px', fontWeight: tokens.fontWeightSemibold },
    '& h2': { fontSize: '18px', lineHeight: '1.3', margin: '10px 0 4px', fontWeight: tokens.fontWeightSemibold },
    '& h3': { fontSize: '15px', lineHeight: '1.35', margin: '8px 0 4px', fontWeight: tokens.fontWeightSemibold },
    '& h4, & h5, & h6': { fontSize: '14px', margin: '8px 0 4px', fontWeight: tokens.fontWeightSemibold },
    '& p, & ul, & ol, & pre, & table, & blockquote': { margin: '6px 0' },
    '& ul, & ol': { paddingLeft: '24px' },
    '& a': { color: tokens.colorBrandForegroundLink },
    '& code': {
      fontFamily: tokens.fontFamilyMonospace,
      fontSize: '12.5px',
      backgroundColor: 'var(--code-background)',
      padding: '0 3px',
      borderRadius: '3px',
    },
    '& pre': {
      backgroundColor: 'var(--code-background)',
      padding: '8px 10px',
      overflowX: 'auto',
      borderRadius: tokens.borderRadiusMedium,
      lineHeight: '1.4',
    },
    '& pre code': { padding: 0, backgroundColor: 'transparent' },
    '& table': { borderCollapse: 'collapse', display: 'block', overflowX: 'auto' },
    '& th, & td': { border: `1px solid ${tokens.colorNeutralStroke2}`, padding: '3px 8px', textAlign: 'left' },
    '& th': { backgroundColor: tokens.colorNeutralBackground3 },
    '& blockquote': {
      borderLeft: `3px solid ${tokens.colorNeutralStroke1}`,
      paddingLeft: '12px',
      marginLeft: 0,
      color: tokens.colorNeutralForeground2,
    },
    '& img': { maxWidth: '100%' },
  },
  empty: { color: tokens.colorNeutralForeground3, fontStyle: 'italic' },
})

export const MarkdownView = memo(function MarkdownView({ source }: { source: string }) {
  const styles = useStyles()
  const html = useMemo(() => markdown.render(source), [source])
  if (source.trim() === '') return <p className={styles.empty}>Empty Markdown cell. Press Enter to write.</p>
  return <SafeHtml html={html} className={styles.text} />
})
