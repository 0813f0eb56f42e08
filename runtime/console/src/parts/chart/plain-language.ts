// To be imported before uPlot, which gives `Intl` the browser's language as it is loaded: where that is no language tag, as
// Chromium's `en-US@posix` under `LANG=C`, it throws, and so would every page with a chart.

const isTag = (language: string): boolean => {
  try {
    return Intl.getCanonicalLocales(language).length > 0
  } catch {
    return false
  }
}

if (!isTag(navigator.language))
  Object.defineProperty(navigator, "language", { value: navigator.languages.find(isTag) ?? "en-US" })
