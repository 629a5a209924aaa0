import { escapeShown } from '../shared/terminal/escape.ts';
import { brief } from '../shared/terminal/layout.ts';
import { counted } from '../shared/views/notices.ts';
import { wrap } from '../shared/terminal/style.ts';
import type { RepairPlan } from './plan.ts';

/** What a repair will do, for the person who signs it. */
export function repairLines(plan: RepairPlan, columns: number): readonly string[] {
  const { base, setAside, onTop, brakes, disputed, stands, lost, puts, restore } = plan;
  const chosen = new Map(stands.map(({ strand, commit }) => [strand, commit]));
  return [
    `goes on from ${base.map(brief).join(' and ')}, the latest valid ${base.length === 1 ? 'commit' : 'commits'}`,
    ...setAside.map(({ commit, codes }) =>
      brakes.includes(commit)
        ? `sets aside ${brief(commit)}; the override it brought stays in force`
        : onTop.includes(commit)
          ? `sets aside ${brief(commit)}: its acts have to be made again`
          : `sets aside ${brief(commit)}: ${codes.join(', ')}`,
    ),
    ...disputed.map(
      ({ strand, sides }) =>
        `in dispute: ${strand}, moved by ${sides.map(brief).join(' and ')}; stands: ${brief(chosen.get(strand) ?? 'nothing yet')}`,
    ),
    ...(lost.length === 0
      ? []
      : [`gives up ${counted(lost.length, 'entry')}: ${lost.map(brief).join(', ')}`]),
    ...puts.map(({ path, bytes }) => `${bytes === null ? 'removes' : 'restores'} ${path}`),
    ...restore.map(({ path }) => `restores ${path} (guarded)`),
    ...(plan.takesTwo ? ['gives up what was validly signed, so a second person has to agree'] : []),
  ].flatMap((text) =>
    wrap(escapeShown(text), Math.max(40, columns - 2)).map((line, index) =>
      index === 0 ? line : `  ${line}`,
    ),
  );
}
