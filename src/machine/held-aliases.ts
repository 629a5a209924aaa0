import { aliasTargets } from '../domain/aliases.ts';
import type { LineName, Version } from '../domain/names.ts';
import { ALIASES, type AliasName } from '../domain/states.ts';
import type { Override } from '../domain/override.ts';
import { disablementOf, freezeOf } from './overrides.ts';
import { contestedExceptions } from './exception-use.ts';
import { standingOf } from './standing.ts';
import { decidingWords, taintedWords, type AliasWord } from './pins.ts';
import { taintReasons } from './taint.ts';
import { aliasesOf, bundleOf, linesOf, type World } from './world.ts';

/** An alias that nobody moves in the world until people have settled something. What serves already stays. */
export interface HeldAlias {
  readonly line: LineName;
  readonly alias: AliasName;
  /** Where it points by what was signed; null for nowhere. */
  readonly to: Version | null;
  readonly because: readonly HoldReason[];
}

export type HoldReason =
  | { readonly kind: 'frozen'; readonly override: Override }
  | { readonly kind: 'tainted'; readonly keys: readonly string[] }
  /** A pin, or the end of one, that a stolen key signed. */
  | { readonly kind: 'stolen-word'; readonly word: AliasWord }
  | { readonly kind: 'disabled'; readonly override: Override }
  | { readonly kind: 'contested'; readonly principal: string; readonly reason: string };

/** @param at seconds since 1970. */
export function heldAliases(world: World, at: number): readonly HeldAlias[] {
  // A brake may come before what it holds.
  const frozen = world.law.overrides.flatMap((override) =>
    override.act === 'freeze' ? [override.line] : [],
  );
  const lines = [...new Set([...linesOf(world.tree), ...frozen])].sort();
  return lines.flatMap((line) => {
    const targets = aliasTargets(aliasesOf(world.tree, line));
    return ALIASES.flatMap((alias): readonly HeldAlias[] => {
      const to = targets.get(alias) ?? null;
      const because = holdsOf(world, line, alias, to, at);
      return because.length === 0 ? [] : [{ line, alias, to, because }];
    });
  });
}

function holdsOf(
  world: World,
  line: LineName,
  alias: AliasName,
  to: Version | null,
  at: number,
): readonly HoldReason[] {
  const override = freezeOf(world.law.overrides, line, alias);
  const bundle = to === null ? null : bundleOf(world.tree, { line, version: to });
  const capabilities = bundle?.record.request.change.capabilities ?? [];
  const disabled = disablementOf(world.law.overrides, line, capabilities);
  const tainted = bundle === null ? [] : taintReasons(world, bundle);
  const stolen = taintedWords(world, line, decidingWords(aliasesOf(world.tree, line), alias));
  const contested =
    bundle === null
      ? []
      : [
          ...standingOf(world, bundle, at).contested,
          ...contestedExceptions(world, bundle).map(({ entry }) => entry),
        ];
  return [
    ...(override === null ? [] : [{ kind: 'frozen', override } as const]),
    ...(disabled === null ? [] : [{ kind: 'disabled', override: disabled } as const]),
    ...(tainted.length === 0
      ? []
      : [
          {
            kind: 'tainted',
            keys: tainted.flatMap((why) => (why.code === 'TAINTED' ? why.facts.keys : [])),
          } as const,
        ]),
    ...stolen.map((word) => ({ kind: 'stolen-word', word }) as const),
    ...contested.map(({ principal, reason }) => ({ kind: 'contested', principal, reason }) as const),
  ];
}
