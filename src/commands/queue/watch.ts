import { CannotTell } from '../../base/errors.ts';
import { SIDE_REFS } from '../../evidence/side-overrides.ts';
import type { LiveScreen } from '../../ports/live-screen.ts';
import type { GitRepository } from '../../ports/repository.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';

/** What is drawn from what was opened, at the present time. */
export interface Picture {
  lines(columns: number): Promise<readonly string[]>;
}

/** @throws CannotTell USAGE where there is no terminal to draw on. */
export function needScreen({ terminal }: Pick<Context, 'terminal'>, { json }: CommonOptions): LiveScreen {
  if (terminal.live !== undefined && !json) return terminal.live;
  throw new CannotTell('USAGE', '--watch draws on a terminal, and there is none', {
    remedy: 'modelsmith queue   (once; --json for programs)',
  });
}

/**
 * Draws anew when the branch or an override beside it has moved – only then everything is judged again – and when the minute
 * has changed, until Ctrl-C. @param every seconds between looks at the refs.
 */
export async function watch(
  context: Context,
  common: Pick<CommonOptions, 'directory' | 'branch'>,
  { screen, every }: { readonly screen: LiveScreen; readonly every: number },
  open: () => Promise<Picture>,
): Promise<void> {
  const repository = await context.git.open(common.directory);
  let seen: { readonly refs: string; readonly picture: Picture } | null = null;
  let drawn = Number.NaN;
  await screen.repeat(async () => {
    const refs = await whereRefsStand(repository, common.branch);
    const minute = Math.floor(context.now() / 60);
    if (seen?.refs === refs && drawn === minute) return every;
    // Read before it is opened: what moves meanwhile is seen next time.
    if (seen?.refs !== refs) seen = { refs, picture: await open() };
    screen.draw(await seen.picture.lines(screen.columns()));
    drawn = minute;
    return every;
  });
}

async function whereRefsStand(repository: GitRepository, branch: string | null): Promise<string> {
  const sides = await repository.refsUnder(SIDE_REFS);
  return [
    await repository.resolve(branch ?? 'HEAD'),
    ...sides.map(({ ref, commit }) => `${ref} ${commit}`),
  ].join('\n');
}
