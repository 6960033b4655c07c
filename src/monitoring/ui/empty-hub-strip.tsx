import { Button, makeStyles, tokens } from '@fluentui/react-components'

const useStyles = makeStyles({
  strip: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '6px',
    minHeight: '30px',
    padding: '2px 10px',
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
})

export type EmptyHubStripProps = {
  readonly hub: string
  readonly presets: readonly { readonly id: string; readonly name: string }[]
  readonly onSend: (preset: string) => void
  readonly onOwn: () => void
}

/** Nothing arrives without a visible producer (B07). */
export function EmptyHubStrip({ hub, presets, onSend, onOwn }: EmptyHubStripProps) {
  const styles = useStyles()
  return (
    <div className={styles.strip}>
      <span>
        Hub <em>{hub}</em> is empty.
      </span>
      {presets.map((preset, index) => (
        <Button
          key={preset.id}
          size="small"
          appearance={index === 0 ? 'primary' : 'secondary'}
          onClick={() => onSend(preset.id)}
        >
          Send sample {preset.name}
        </Button>
      ))}
      <Button size="small" appearance="subtle" onClick={onOwn}>
        I send my own
      </Button>
    </div>
  )
}
