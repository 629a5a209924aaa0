import type { Incident } from '../../../domain/incident.ts';
import type { Finding } from '../../../evidence/verification.ts';
import { secondOf } from '../../../machine/incidents.ts';
import type { TreeFolder } from '../../../domain/tree.ts';
import { escapeShown } from '../terminal/escape.ts';
import { brief } from '../terminal/layout.ts';

/** A repair, and what it set aside. Strings are as they are; escape them when shown. */
export interface IncidentView {
  readonly id: string;
  readonly principal: string;
  readonly time: string;
  readonly reason: string;
  readonly base: readonly string[];
  /** With the codes found now, whatever the repair says of them. */
  readonly setAside: readonly { readonly commit: string; readonly codes: readonly string[] }[];
  readonly stands: readonly { readonly strand: string; readonly commit: string }[];
  readonly lost: readonly string[];
  readonly secondedBy: string | null;
}

/** @param settled what is wrong with the commits that were set aside. */
export function incidentView(
  incident: Incident,
  tree: TreeFolder,
  settled: readonly Finding[],
): IncidentView {
  const { id, principal, time, reason, base, setAside, stands, lost } = incident;
  const found = new Map<string, Set<string>>();
  for (const { commit, reason: why } of settled)
    found.set(commit, (found.get(commit) ?? new Set()).add(why.code));
  return {
    ...{ id, principal, time, reason, base, stands, lost },
    setAside: setAside.map(({ commit }) => ({ commit, codes: [...(found.get(commit) ?? [])].sort() })),
    secondedBy: secondOf(tree, incident)?.principal ?? null,
  };
}

/** The repair, then each commit it set aside. */
export function incidentSentences(view: IncidentView): readonly string[] {
  const { id, principal, time, reason, setAside, stands, lost, secondedBy } = view;
  const by = secondedBy === null ? principal : `${principal} and ${secondedBy}`;
  return [
    `incident ${brief(id)}, repaired by ${by} (${time}): ${reason.replaceAll('\n', ' ')}`,
    ...setAside.map(({ commit, codes }) => `set aside ${brief(commit)}: ${codes.join(', ')}`),
    ...stands.map(({ strand, commit }) => `chosen for ${strand}: ${brief(commit)}`),
    ...(lost.length === 0 ? [] : [`entries lost: ${lost.map(brief).join(', ')}`]),
  ].map(escapeShown);
}
