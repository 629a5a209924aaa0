import type { AliasName, GateName, State } from '../domain/states.ts';

/**
 * The state machine. Only these edges exist; `deprecated` has none out of it.
 * An edge opens by a run that clears the locked thresholds, by an export, by human gates, or by an operator's own act.
 */
export const EDGES = [
  { from: 'candidate', to: 'eval-accepted', opens: 'evaluation', gates: [] },
  { from: 'eval-accepted', to: 'artifact-exported', opens: 'export', gates: [] },
  {
    from: 'artifact-exported',
    to: 'customer-deployed',
    opens: 'gates',
    gates: ['operator-signoff'],
    moves: 'serving',
  },
  {
    from: 'customer-deployed',
    to: 'production-validated',
    opens: 'gates',
    gates: ['domain-validation', 'governance-approval'],
    moves: 'production',
  },
  { from: 'candidate', to: 'deprecated', opens: 'deprecation', gates: [] },
  { from: 'eval-accepted', to: 'deprecated', opens: 'deprecation', gates: [] },
  { from: 'artifact-exported', to: 'deprecated', opens: 'deprecation', gates: [] },
  { from: 'customer-deployed', to: 'deprecated', opens: 'deprecation', gates: [] },
  { from: 'production-validated', to: 'deprecated', opens: 'deprecation', gates: [] },
] as const satisfies readonly {
  readonly from: State;
  readonly to: State;
  readonly opens: 'evaluation' | 'export' | 'gates' | 'deprecation';
  readonly gates: readonly GateName[];
  /** The alias that then points to the iteration. */
  readonly moves?: AliasName;
}[];

export type Edge = (typeof EDGES)[number];

export function edgeBetween(from: State, to: State): Edge | null {
  return EDGES.find((edge) => edge.from === from && edge.to === to) ?? null;
}

/** The way onward from a state; null at the end of the road. */
export function edgeOnward(from: State): Edge | null {
  return EDGES.find((edge) => edge.from === from && edge.opens !== 'deprecation') ?? null;
}

export function edgeOfGate(gate: GateName): Edge {
  const edge = EDGES.find((candidate) => (candidate.gates as readonly GateName[]).includes(gate));
  if (edge === undefined) throw new Error(`no edge has the gate ${gate}`);
  return edge;
}

/** The edge that moves an alias. */
export function edgeOfAlias(alias: AliasName): Edge {
  const edge = EDGES.find((candidate) => 'moves' in candidate && candidate.moves === alias);
  if (edge === undefined) throw new Error(`no edge moves the alias ${alias}`);
  return edge;
}
