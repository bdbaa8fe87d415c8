/** Dark, light, or as the system has it. */

export function bindTheme(state) {
  const apply = () => {
    const { theme } = state.get();
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  state.subscribe(apply);
  apply();
}

/** Is the page dark now? Canvases ask, because they cannot read style sheets. */
export const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : !matchMedia('(prefers-color-scheme: light)').matches;
};

/** The value of a style token, for canvases. */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
