import Monitor from "lucide-react/dist/esm/icons/monitor.mjs"
import Moon from "lucide-react/dist/esm/icons/moon.mjs"
import Sun from "lucide-react/dist/esm/icons/sun.mjs"
import { chooseTheme, type Theme, useTheme } from "./theme.ts"

const choices: readonly (readonly [theme: Theme, title: string, Icon: typeof Sun])[] = [
  ["system", "As the machine is set", Monitor],
  ["light", "Light", Sun],
  ["dark", "Dark", Moon]
]

/** Light, dark, or as the machine is set. */
export const ThemeSwitch = () => {
  const chosen = useTheme()
  return (
    <div className="theme-switch" role="group" aria-label="Theme">
      {choices.map(([theme, title, Icon]) => (
        <button
          key={theme}
          type="button"
          title={title}
          aria-label={title}
          aria-pressed={theme === chosen}
          onClick={() => chooseTheme(theme)}
        >
          <Icon size={14} aria-hidden="true" />
        </button>
      ))}
    </div>
  )
}
