import {
  Button,
  Input,
  Label,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Select,
  makeStyles,
  tokens,
  useId,
} from '@fluentui/react-components'
import { useState } from 'react'
import type { ProducerPreset } from '../../protocol/workers/broker'

export type ProducerChoice = {
  readonly preset: string
  readonly eventsPerSecond: number
  readonly seed: number
  readonly lateShare: number
  readonly malformedShare: number
}

const useStyles = makeStyles({
  form: { display: 'grid', gridTemplateColumns: 'auto 120px', gap: '6px 10px', alignItems: 'center' },
  note: {
    gridColumn: '1 / -1',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    maxWidth: '260px',
  },
})

export function ProducerForm({
  hub,
  presets,
  onStart,
}: {
  hub: string
  presets: readonly ProducerPreset[]
  onStart: (choice: ProducerChoice) => void
}) {
  const styles = useStyles()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Popover open={isOpen} onOpenChange={(_event, data) => setIsOpen(data.open)} trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button size="small" aria-label={`Start producer for ${hub}`} disabled={presets.length === 0}>
          Start producer…
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label={`Producer for ${hub}`}>
        <Fields
          presets={presets}
          className={styles.form}
          noteClass={styles.note}
          onStart={(choice) => {
            setIsOpen(false)
            onStart(choice)
          }}
        />
      </PopoverSurface>
    </Popover>
  )
}

function Fields({
  presets,
  className,
  noteClass,
  onStart,
}: {
  presets: readonly ProducerPreset[]
  className: string
  noteClass: string
  onStart: (choice: ProducerChoice) => void
}) {
  const id = useId('producer')
  const [preset, setPreset] = useState(presets[0])
  const [values, setValues] = useState(() => fieldsOf(presets[0]))
  const field = (key: keyof typeof values, label: string) => (
    <>
      <Label size="small" htmlFor={`${id}-${key}`}>
        {label}
      </Label>
      <Input
        id={`${id}-${key}`}
        size="small"
        type="number"
        min={0}
        value={values[key]}
        onChange={(_event, data) => setValues({ ...values, [key]: data.value })}
      />
    </>
  )
  return (
    <form
      className={className}
      onSubmit={(event) => {
        event.preventDefault()
        const share = (percent: string) => Math.min(1, Math.max(0, Number(percent) / 100))
        onStart({
          preset: preset.id,
          eventsPerSecond: Math.max(0.1, Number(values.rate)),
          seed: Math.round(Number(values.seed)),
          lateShare: share(values.late),
          malformedShare: share(values.malformed),
        })
      }}
    >
      <Label size="small" htmlFor={`${id}-preset`}>
        Events
      </Label>
      <Select
        id={`${id}-preset`}
        size="small"
        value={preset.id}
        onChange={(_event, data) => {
          const next = presets.find((candidate) => candidate.id === data.value) ?? presets[0]
          setPreset(next)
          setValues(fieldsOf(next))
        }}
      >
        {presets.map((candidate) => (
          <option key={candidate.id} value={candidate.id}>
            {candidate.title}
          </option>
        ))}
      </Select>
      {field('rate', 'Events a second')}
      {field('seed', 'Seed')}
      {field('late', 'Late, %')}
      {field('malformed', 'Malformed, %')}
      <div className={noteClass}>{preset.description} A second here is a second of stream time.</div>
      <Button type="submit" size="small" appearance="primary">
        Start
      </Button>
    </form>
  )
}

function fieldsOf(preset: ProducerPreset): { rate: string; seed: string; late: string; malformed: string } {
  const { eventsPerSecond, seed, lateShare, malformedShare } = preset.defaults
  return {
    rate: String(eventsPerSecond),
    seed: String(seed),
    late: String(lateShare * 100),
    malformed: String(malformedShare * 100),
  }
}
