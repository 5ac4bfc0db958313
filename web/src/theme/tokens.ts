// The one theme: ink, paper and celadon, in light and dark. Components of Ant Design take it as tokens, our own
// parts as custom properties (`--ink`, `--line`, …). No page holds a colour of its own.

import { theme as antd, type ThemeConfig } from 'antd';

export type Mode = 'light' | 'dark';

/** Ink and paper. `*_text` are the shades that read at 4.5 : 1 or better on both papers. */
export interface Palette {
  paper: string;
  surface: string;
  raised: string;
  sunken: string;
  hover: string;
  chosen: string;
  line: string;
  lineStrong: string;
  ink: string;
  ink2: string;
  ink3: string;
  accent: string;
  accentHover: string;
  accentText: string;
  accentSoft: string;
  accentSoftHover: string;
  onAccent: string;
  low: string;
  lowText: string;
  medium: string;
  mediumText: string;
  high: string;
  highText: string;
  critical: string;
  criticalText: string;
  sepia: string;
  sepiaInk: string;
  sepiaInk3: string;
  shadow: string;
}

export const palettes: Record<Mode, Palette> = {
  light: {
    paper: '#f5f3ee',
    surface: '#fffefc',
    raised: '#ffffff',
    sunken: '#f8f6f1',
    hover: '#f5f3ed',
    chosen: '#eaf1ee',
    line: '#ebe8e0',
    lineStrong: '#d9d5cb',
    ink: '#1c211f',
    ink2: '#565d59',
    ink3: '#666c67',
    accent: '#2b796a',
    accentHover: '#236557',
    accentText: '#205f50',
    accentSoft: '#e9f2ef',
    accentSoftHover: '#dceae5',
    onAccent: '#ffffff',
    low: '#86a89f',
    lowText: '#4b6f66',
    medium: '#c98a1b',
    mediumText: '#8a5b08',
    high: '#cf4a2a',
    highText: '#b53c1e',
    critical: '#8e1537',
    criticalText: '#8e1537',
    sepia: '#efe3ca',
    sepiaInk: '#6b5326',
    sepiaInk3: '#5c5a4d',
    shadow: '0 8px 28px rgba(38, 34, 24, 0.12), 0 1px 3px rgba(38, 34, 24, 0.08)',
  },
  dark: {
    paper: '#121514',
    surface: '#191d1b',
    raised: '#212624',
    sunken: '#151917',
    hover: '#202523',
    chosen: '#1e2f2a',
    line: '#292f2c',
    lineStrong: '#3a423e',
    ink: '#e9e7e1',
    ink2: '#b1b6b1',
    ink3: '#8f9691',
    accent: '#5fb8a5',
    accentHover: '#7ac8b7',
    accentText: '#6fc3b1',
    accentSoft: '#1f332d',
    accentSoftHover: '#274039',
    onAccent: '#0d1614',
    low: '#7d9f96',
    lowText: '#9dbbb3',
    medium: '#d99c32',
    mediumText: '#e3ae52',
    high: '#e5694a',
    highText: '#f0876b',
    critical: '#d23a63',
    criticalText: '#f0708f',
    sepia: '#3a3120',
    sepiaInk: '#e0c898',
    sepiaInk3: '#a8a69b',
    shadow: '0 12px 32px rgba(0, 0, 0, 0.5), 0 1px 3px rgba(0, 0, 0, 0.4)',
  },
};

export const bandColour = (palette: Palette, band: string | null | undefined): string =>
  ({ low: palette.low, medium: palette.medium, high: palette.high, critical: palette.critical })[band ?? ''] ?? palette.ink3;

/** Five sizes, no more. */
export const sizes = { small: 12, body: 14, lead: 16, title: 20, figure: 28 } as const;

export const fontFamily =
  '"PingFang SC","HarmonyOS Sans SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif';
export const monoFamily = 'ui-monospace,SFMono-Regular,"JetBrains Mono",Menlo,Consolas,"Noto Sans Mono CJK SC",monospace';

export function antdTheme(mode: Mode, still: boolean): ThemeConfig {
  const p = palettes[mode];
  return {
    cssVar: { key: 'liuke' },
    hashed: false,
    algorithm: mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      colorPrimary: p.accent,
      colorPrimaryBg: p.accentSoft,
      colorPrimaryBgHover: p.accentSoftHover,
      colorPrimaryText: p.accentText,
      colorPrimaryTextHover: p.accentText,
      colorInfo: p.accent,
      colorSuccess: p.accent,
      colorWarning: p.medium,
      colorError: p.high,
      colorLink: p.accentText,
      colorText: p.ink,
      colorTextSecondary: p.ink2,
      colorTextTertiary: p.ink3,
      colorTextDescription: p.ink3,
      colorTextPlaceholder: p.ink3,
      colorTextLightSolid: p.onAccent,
      colorBgBase: p.surface,
      colorBgLayout: p.paper,
      colorBgContainer: p.surface,
      colorBgElevated: p.raised,
      colorBgSpotlight: mode === 'dark' ? '#333a37' : '#23292680',
      colorBorder: p.lineStrong,
      colorBorderSecondary: p.line,
      colorSplit: p.line,
      fontFamily,
      fontFamilyCode: monoFamily,
      fontSize: sizes.body,
      fontSizeSM: sizes.small,
      fontSizeLG: sizes.lead,
      fontSizeXL: sizes.title,
      fontSizeHeading1: sizes.figure,
      fontSizeHeading2: sizes.title,
      fontSizeHeading3: sizes.lead,
      fontSizeHeading4: sizes.lead,
      fontSizeHeading5: sizes.body,
      borderRadius: 6,
      borderRadiusLG: 10,
      borderRadiusSM: 4,
      controlHeight: 32,
      controlHeightLG: 40,
      controlHeightSM: 28,
      sizeUnit: 4,
      sizeStep: 4,
      motion: !still,
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.18s',
      boxShadow: p.shadow,
      boxShadowSecondary: p.shadow,
      wireframe: false,
    },
    components: {
      Button: { colorPrimary: p.accent, colorPrimaryHover: p.accentHover, colorPrimaryActive: p.accentHover, primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500, contentFontSizeSM: 12 },
      Tooltip: {
        colorBgSpotlight: mode === 'dark' ? '#343c38' : '#26302c',
        colorTextLightSolid: '#f4f2ec',
        maxWidth: 320,
        borderRadius: 6,
      },
      Modal: { titleFontSize: sizes.lead },
      Select: { optionSelectedBg: p.chosen, optionActiveBg: p.hover },
      Segmented: { trackBg: p.sunken, itemSelectedBg: p.raised, itemColor: p.ink2 },
      Tabs: { titleFontSize: sizes.body, horizontalItemPadding: '10px 0', horizontalMargin: '0' },
      Steps: { iconSize: 24, iconSizeSM: 20 },
      Form: { labelColor: p.ink2, verticalLabelPadding: '0 0 4px', itemMarginBottom: 20 },
      Dropdown: { paddingBlock: 6 },
      Drawer: { footerPaddingBlock: 12 },
      Message: { contentBg: p.raised },
    },
  };
}

/** Custom properties for our own parts. */
export function cssVariables(mode: Mode): string {
  const entries = Object.entries(palettes[mode]).map(
    ([name, value]) => `--${name.replace(/([A-Z])/g, (c) => `-${c.toLowerCase()}`)}: ${value};`,
  );
  return `:root{${entries.join('')}--font:${fontFamily};--mono:${monoFamily};color-scheme:${mode}}`;
}
