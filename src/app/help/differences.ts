import { LENIENCIES } from '../../protocol/leniencies'

export type Difference = { readonly here: string; readonly cluster: string }

/** At most so many lines on the page (B25). */
const MAX_LINES = 30

/** What no notice can tell, because it concerns everything. */
const EVERYWHERE: readonly Difference[] = [
  {
    here: 'Stream time is a clock you can pause, step and speed up; triggers, producers and Python follow it.',
    cluster: 'Time is the wall’s.',
  },
  {
    here: 'A batch takes milliseconds; durations and rates are real.',
    cluster: 'A small cluster takes 0.3-3 s a batch.',
  },
  {
    here: 'One process: no executors, no shuffle files; spark.sql.shuffle.partitions only numbers the partitions.',
    cluster: 'Partitions are tasks on executors, and 200 of them cost time.',
  },
  {
    here: 'State is one file a version.',
    cluster: 'One file a partition and version, in RocksDB or HDFS layout.',
  },
  {
    here: 'Tables, files and checkpoints lie in this browser, for this address.',
    cluster: 'They lie in OneLake or another store, for everyone with access.',
  },
  { here: 'Hubs are made in the browser at first mention.', cluster: 'Somebody creates and pays for them.' },
  {
    here: 'Closing the tab stops every stream.',
    cluster: 'A forgotten stream keeps running and costs capacity.',
  },
  {
    here: 'The console sink prints under the cell.',
    cluster: 'On Fabric and Databricks it goes to the driver log.',
  },
  {
    here: 'Python has the standard library: no pandas, numpy or pip.',
    cluster: 'They are installed, and others can be.',
  },
  {
    here: 'df.rdd, _jvm, UDFs and other processes of Python are refused by name.',
    cluster: 'They exist; Fabric’s Spark Connect clients refuse rdd and _jvm, too.',
  },
  { here: 'Delayed or duplicated events come from the producer’s form.', cluster: 'They come by themselves.' },
]

/** First what holds everywhere, then, in workshop mode, what each leniency allows and Spark's words for it. */
export function differences(compatibility: 'workshop' | 'strict'): Difference[] {
  if (compatibility === 'strict') return [...EVERYWHERE]
  const allowed = Object.values(LENIENCIES).map(({ notice, spark }) => ({ here: plain(notice), cluster: plain(spark) }))
  const room = MAX_LINES - EVERYWHERE.length
  if (allowed.length <= room) return [...EVERYWHERE, ...allowed]
  const rest = {
    here: `${allowed.length - room + 1} more things that workshop mode allows.`,
    cluster: 'Each is told under the cell it concerns.',
  }
  return [...EVERYWHERE, ...allowed.slice(0, room - 1), rest]
}

/** A leniency's text without the places that are filled when it is told. */
function plain(text: string): string {
  return text.replace(/\{\{?\w+\}?\}/g, '…')
}
