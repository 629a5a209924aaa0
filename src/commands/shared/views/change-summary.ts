import type { ChangeApproval } from '../../../domain/change.ts';
import { filling, type Requirement } from '../../../machine/change-requirements.ts';
import type { PolicyDifference } from '../../../machine/policy-difference.ts';
import { escapeShown } from '../terminal/escape.ts';
import { anyOf } from '../explaining/explained.ts';
import type { PolicyWord } from './policy-words.ts';
import { field, wrap } from '../terminal/style.ts';

/** What a change of policy touches, for `--json`. */
export interface Touches {
  /** Such as `thresholds`: what it is that decides who must approve. */
  readonly classes: readonly string[];
  readonly lines: readonly string[];
  readonly concerned: readonly string[];
}

/** Keys and roles that come in by a change. */
export interface Brings {
  readonly keys: readonly string[];
  readonly roles: readonly { readonly principal: string; readonly role: string }[];
}

export function touchesOf({
  semantics,
  rubrics,
  thresholds,
  signers,
  lines,
  concerned,
}: PolicyDifference): Touches {
  return {
    classes: [
      ...(semantics ? ['what the policy means'] : []),
      ...(rubrics ? ['rubrics'] : []),
      ...(thresholds ? ['thresholds'] : []),
      ...(signers ? ['signers'] : []),
    ],
    lines: semantics || rubrics || thresholds ? lines : [],
    concerned: [...concerned].sort(),
  };
}

export function touchesLines(
  { classes, lines, concerned }: Touches,
  { keys, roles }: Brings,
  columns: number,
): readonly string[] {
  const none = (words: readonly string[]): string => (words.length === 0 ? 'nobody' : words.join(', '));
  return [
    ...field('changes', classes.length === 0 ? 'nothing' : classes.join(', '), columns),
    ...(lines.length === 0 ? [] : field('lines', lines.join(', '), columns)),
    ...(classes.includes('signers') ? field('concerns', none(concerned), columns) : []),
    ...keys.flatMap((key) => field('brings', `key ${key}`, columns)),
    ...roles.flatMap(({ principal, role }) => field('brings', `${role} for ${principal}`, columns)),
  ];
}

/** `policy.lines.claims-*.thresholds.core: 0.72 → 0.7`. */
export function wordLines(words: readonly PolicyWord[], columns: number): readonly string[] {
  return words.flatMap(({ what, before, after }) => {
    const text = what.startsWith('certificate ')
      ? `${what}: ${before === null ? 'added' : after === null ? 'removed' : 'another version of it'}`
      : `${what}: ${before ?? '(nothing)'} → ${after ?? '(nothing)'}`;
    return wrap(escapeShown(text.replaceAll('\n', ' ')), columns - 4).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    );
  });
}

/** One requirement as people and `--json` read it. */
export interface Needed {
  readonly needed: string;
  /** The role it has to be given in; null: in any. */
  readonly role: string | null;
  readonly has: readonly string[];
  readonly of: number;
  /** Who can give what is missing. */
  readonly canSign: readonly string[];
}

export function neededOf(way: readonly Requirement[], counted: readonly ChangeApproval[]): readonly Needed[] {
  return way.map((requirement) => {
    const has = filling(requirement, counted);
    return {
      needed: requirement.what,
      role: requirement.role,
      has: [...has].sort(),
      of: requirement.of,
      canSign: has.size >= requirement.of ? [] : [...requirement.people].filter((id) => !has.has(id)).sort(),
    };
  });
}

/** Whom to ask first: those whose role is needed, since their words count as people's too. */
export function askFirst(needed: readonly Needed[]): readonly string[] {
  const inRole = needed.filter(({ role, canSign }) => role !== null && canSign.length > 0);
  const asked = inRole.length > 0 ? inRole : needed;
  return [...new Set(asked.flatMap(({ canSign }) => canSign))].sort();
}

export function neededLines(needed: readonly Needed[], columns: number): readonly string[] {
  return needed.flatMap(({ needed: what, has, of, canSign }) => {
    const open = has.length < of;
    const by = has.length === 0 ? '' : ` (${has.join(', ')})`;
    const who = canSign.length === 0 ? 'nobody enrolled can' : `${anyOf(canSign)} can`;
    return wrap(`${what}: has ${has.length} of ${of}${by}${open ? `; ${who}` : ''}`, columns - 4).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    );
  });
}
