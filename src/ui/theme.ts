import { teamsHighContrastTheme, webDarkTheme, webLightTheme } from '@fluentui/react-components'
import type { Theme } from '@fluentui/react-components'

export type ThemeName = 'light' | 'dark' | 'contrast'

/** Code must look the same in the live editor and in the coloured text of the other cells. */
export const CODE_FONT = "'Cascadia Mono', Consolas, 'DejaVu Sans Mono', Menlo, monospace"
export const CODE_FONT_SIZE_PX = 13
export const CODE_LINE_HEIGHT_PX = 19

const THEMES: Record<ThemeName, Theme> = {
  light: webLightTheme,
  dark: webDarkTheme,
  contrast: teamsHighContrastTheme,
}

export function fluentTheme(name: ThemeName): Theme {
  return THEMES[name]
}

export const CODE_BACKGROUND: Record<ThemeName, string> = { light: '#f7f7f8', dark: '#1b1b1c', contrast: '#000000' }
