import { userError } from '../protocol/errors/runnel-error'

/** Why a learner should know that a path is not where it was written. */
export type PathNotice = 'mount' | 'cloud'

export type ResolvedPath = {
  /** Absolute path in the workspace. */
  readonly path: string
  /** `mount`: on Fabric write `Files/...` instead. `cloud`: kept in this browser, not sent anywhere. Null: as on Fabric. */
  readonly notice: PathNotice | null
}

export const DEFAULT_LAKEHOUSE = 'default'

/**
 * Where a path that a user wrote lives in the workspace (architecture, section 5). Checkpoint locations go through the same
 * map. Relative paths are the default lakehouse's, as in a Fabric notebook.
 */
export function resolvePath(written: string, lakehouse: string = DEFAULT_LAKEHOUSE): ResolvedPath {
  const text = written.trim()
  if (text === '') throw emptyPath()
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(text)
  if (scheme !== null) return resolveUri(scheme[1].toLowerCase(), scheme[2], lakehouse)
  return text.startsWith('/') ? resolveAbsolute(text, lakehouse) : resolveRelative(text, lakehouse)
}

/** The folder of a table name: `x`, `lakehouse.x` or `schema.x`; quotes are already off. */
export function tableFolder(identifier: readonly string[], lakehouse: string = DEFAULT_LAKEHOUSE): string {
  const name = identifier.at(-1)
  if (name === undefined || name === '') throw emptyPath()
  const schema = identifier.length > 1 ? identifier.at(-2)! : null
  // `lakehouse.x` and `default.x` are the lakehouse itself; any other qualifier is a schema folder, as in a lakehouse with schemas.
  const isLakehouse =
    schema === null ||
    ['lakehouse', 'default', 'spark_catalog', 'dbo', lakehouse.toLowerCase()].includes(schema.toLowerCase())
  const folders = isLakehouse ? [name] : [schema, name]
  return `/lakehouse/${lakehouse}/Tables/${folders.map(folderName).join('/')}`
}

/** The notice's sentence for the Notices region. */
export function noticeText(notice: PathNotice, written: string): string {
  return notice === 'mount'
    ? `"${written}" is kept under Files › Mounts in this browser. On Fabric write "Files/..." instead.`
    : `"${written}" is kept in this browser: nothing is sent to the cloud account.`
}

/** The place that a mount's path has in a lakehouse of Fabric. */
export function mountFix(written: string, path: string): { description: string; from: string; to: string } {
  return {
    description: 'Write a path of the lakehouse; a checkpoint there starts anew',
    from: written,
    to: `Files${path.slice('/fs'.length)}`,
  }
}

function resolveUri(scheme: string, rest: string, lakehouse: string): ResolvedPath {
  switch (scheme) {
    case 'dbfs':
    case 'file':
    case 'hdfs':
    case 'local':
      return { path: mounted(rest.replace(/^\/\/[^/]+(?=\/)|^\/\//, '')), notice: 'mount' }
    case 'abfss':
    case 'abfs':
    case 'wasbs':
    case 'wasb': {
      const authority = /^\/\/([^/]*)/.exec(rest)?.[1] ?? ''
      if (NOT_IN_AUTHORITY.test(authority)) throw badAuthority(scheme, authority)
      const match = /^\/\/([^@/]+)@([^/]+)(\/.*)?$/s.exec(rest)
      if (match === null)
        throw badUri(`${scheme}:${rest}`, `${scheme}://<container>@<account>.dfs.core.windows.net/<path>`)
      return resolveAzure(scheme, match[1], match[2], match[3] ?? '', lakehouse)
    }
    case 's3':
    case 's3a':
    case 's3n':
    case 'gs': {
      const match = /^\/\/([^/]+)(\/.*)?$/s.exec(rest)
      if (match === null) throw badUri(`${scheme}:${rest}`, `${scheme}://<bucket>/<path>`)
      const name = scheme === 'gs' ? 'gs' : 's3'
      return { path: `/cloud/${name}/${match[1]}${plainPath(match[2] ?? '')}`, notice: 'cloud' }
    }
    default:
      throw badUri(`${scheme}:${rest}`, 'Files/..., Tables/..., /lakehouse/default/Files/..., abfss://, s3:// or gs://')
  }
}

function resolveAzure(scheme: string, container: string, host: string, path: string, lakehouse: string): ResolvedPath {
  // OneLake addresses name a lakehouse: `<workspace>@onelake.../<name>.Lakehouse/Files/...` is the lakehouse of this workspace.
  const item = /^\/([^/]+)\.lakehouse(\/.*)?$/is.exec(path)
  if (host.toLowerCase().startsWith('onelake.') && item !== null) {
    return { path: `/lakehouse/${lakehouse}${plainPath(item[2] ?? '')}`, notice: null }
  }
  const account = host.split('.')[0]
  const family = scheme.startsWith('wasb') ? 'wasbs' : 'abfss'
  return { path: `/cloud/${family}/${account}/${container}${plainPath(path)}`, notice: 'cloud' }
}

function resolveAbsolute(path: string, lakehouse: string): ResolvedPath {
  const plain = plainPath(path)
  const inLakehouse = /^\/lakehouse\/default(\/.*|$)/i.exec(plain)
  if (inLakehouse !== null) return { path: `/lakehouse/${lakehouse}${inLakehouse[1]}`, notice: null }
  // Paths that a notice or a file list showed may be used again as they are.
  if (/^\/(lakehouse|fs|cloud)\//.test(plain)) return { path: plain, notice: null }
  return { path: mounted(plain), notice: 'mount' }
}

function resolveRelative(path: string, lakehouse: string): ResolvedPath {
  const plain = plainPath(`/${path}`)
  const room = /^\/(tables|files)(\/.*|$)/i.exec(plain)
  if (room === null) return { path: `/lakehouse/${lakehouse}/Files${plain}`, notice: null }
  return {
    path: `/lakehouse/${lakehouse}/${room[1].toLowerCase() === 'tables' ? 'Tables' : 'Files'}${room[2]}`,
    notice: null,
  }
}

function mounted(path: string): string {
  return `/fs${plainPath(path.startsWith('/') ? path : `/${path}`)}`
}

/** One slash between parts, none at the end, `.` and `..` worked out; `..` never leaves the root. */
function plainPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.length === 0 ? '' : `/${parts.join('/')}`
}

function folderName(name: string): string {
  return name.replaceAll('/', '%2F')
}

/** What Java's URI takes nowhere between `//` and the next `/`: a name in braces that nothing filled in, for example. */
const NOT_IN_AUTHORITY = /[\s"<>\\^`{|}]/

function badAuthority(scheme: string, authority: string) {
  // Java tells where the authority starts, not where the character stands.
  const start = `${scheme}://`.length
  return userError('', `Illegal character in authority at index ${start}: ${scheme}://${authority}`, {
    exception: 'IllegalArgumentException',
    hint: `Write the account's own name: ${scheme}://<container>@<account>.dfs.core.windows.net/<path>.`,
  })
}

function emptyPath() {
  return userError('', 'Can not create a Path from an empty string', {
    exception: 'IllegalArgumentException',
    hint: 'Give a path such as Files/raw/events.',
  })
}

function badUri(written: string, expected: string) {
  return userError(
    'UNSUPPORTED_PATH',
    `The path ${written} is not one Runnel can map to the workspace; expected ${expected}.`,
    {
      exception: 'IllegalArgumentException',
      parameters: { path: written },
      hint: 'Write Files/... for files and Tables/... for tables.',
    },
  )
}
