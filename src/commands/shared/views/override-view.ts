import { escapeShown } from '../terminal/escape.ts';
import { brief } from '../terminal/layout.ts';
import { wrap } from '../terminal/style.ts';
import type { BrakesView, OverrideView } from '../opening/shown.ts';

/** The overrides as people read them. */
export function overrideLines({ overrides, notObeyed }: BrakesView, columns: number): readonly string[] {
  return [
    ...overrides.flatMap((override) => indented(overrideSentence(override), columns)),
    ...notObeyed.flatMap((each) => indented(notObeyedSentence(each), columns)),
  ];
}

/** One override in one sentence. */
export function overrideSentence(override: OverrideView): string {
  const { id, act, what, principal, time, reason, ref, onVoid } = override;
  const where =
    ref !== null
      ? `; in force from ${ref}, not merged yet`
      : onVoid
        ? '; in force, although its commit is not valid'
        : '';
  const why = reason.replaceAll('\n', ' ');
  return escapeShown(`override ${brief(id)}  ${act} ${what}, by ${principal} (${time}): ${why}${where}`);
}

export function notObeyedSentence({ ref, override, why }: BrakesView['notObeyed'][number]): string {
  const which = override === null ? ref : `the override ${brief(override)} in ${ref}`;
  return escapeShown(`not obeyed: ${which}: ${why}`);
}

function indented(text: string, columns: number): readonly string[] {
  return wrap(text, Math.max(40, columns - 2)).map((line, index) => (index === 0 ? line : `  ${line}`));
}
