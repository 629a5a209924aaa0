import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { keyFile } from '../../../domain/paths.ts';
import type { Fingerprint } from '../../../domain/names.ts';
import type { Role } from '../../../domain/roles.ts';
import { filesUnder, type TreeFolder } from '../../../domain/tree.ts';
import type { NewFile } from '../../../machine/act.ts';
import { bumped } from '../intake/bump-version.ts';
import type { World } from '../../../machine/world.ts';

/** A role for some lines, as `signers.yaml` spells it. */
export interface GrantSpec {
  readonly role: Role;
  readonly lines: readonly string[];
}

export interface NewPrincipal {
  readonly kind: 'human' | 'automation';
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly owner?: string;
}

/** The policy in force with changes made to its signers; the words and comments of `signers.yaml` stay where they were. */
export class SignersEdit {
  private readonly world: World;
  private readonly document: Document;
  private readonly certificates: NewFile[] = [];

  constructor(world: World) {
    this.world = world;
    this.document = parseDocument(textAt(world.tree, 'signers.yaml'));
  }

  /** Adds somebody without keys and roles; both must follow. */
  add({ kind, id, name, email, owner }: NewPrincipal): void {
    const value = {
      kind,
      id,
      name,
      ...(email !== undefined && { email }),
      ...(owner !== undefined && { owner }),
      keys: [],
      roles: [],
    };
    this.list(this.document.contents, 'principals').add(this.document.createNode(value));
  }

  /** A key; or, where the person has it already, a certificate of it that says more, such as a subkey to encrypt to. */
  addKey(id: string, fingerprint: Fingerprint, armored: string): void {
    const keys = this.list(this.principal(id), 'keys');
    if (!keys.items.some((key) => isMap(key) && key.get('fingerprint') === fingerprint))
      this.append(keys, { fingerprint });
    this.certificates.push({
      path: keyFile(fingerprint).replace('policy/', ''),
      bytes: new TextEncoder().encode(armored),
    });
  }

  grant(id: string, grants: readonly GrantSpec[]): void {
    const roles = this.list(this.principal(id), 'roles');
    for (const grant of grants) this.append(roles, grant);
  }

  /** @returns how many grants of the role went. */
  revoke(id: string, role: string): number {
    const roles = this.list(this.principal(id), 'roles');
    const before = roles.items.length;
    roles.items = roles.items.filter((item) => !(isMap(item) && item.get('role') === role));
    return before - roles.items.length;
  }

  /** Ends a key for acts from now on. What it signed keeps counting where its person is still needed nowhere. */
  retireKey(id: string, fingerprint: Fingerprint, reason: string): void {
    for (const key of this.list(this.principal(id), 'keys').items)
      if (isMap(key) && key.get('fingerprint') === fingerprint)
        key.set('retired', this.document.createNode({ reason }));
  }

  /** Takes every role from somebody. */
  dismiss(id: string): void {
    this.principal(id).set('roles', this.document.createNode([]));
  }

  /** The whole policy with the changes and the next version, by paths relative to `policy/`. */
  files(): readonly NewFile[] {
    const { tree, law } = this.world;
    const text = this.document.toString({ lineWidth: 0, flowCollectionPadding: true });
    const changed = [{ path: 'signers.yaml', bytes: new TextEncoder().encode(text) }, ...this.certificates];
    const paths = new Set(changed.map(({ path }) => path));
    const kept = filesUnder(tree, 'policy')
      .filter(([path]) => !paths.has(path))
      .map(([path, { bytes }]) => ({ path, bytes }));
    return bumped(law, [...kept, ...changed]).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  private append(list: YAMLSeq, value: object): void {
    list.flow = false;
    list.add(this.document.createNode(value, { flow: true }));
  }

  private principal(id: string): YAMLMap {
    const found = this.list(this.document.contents, 'principals').items.find(
      (item) => isMap(item) && item.get('id') === id,
    );
    if (!isMap(found)) throw new Error(`signers.yaml holds no ${id}`);
    return found;
  }

  private list(parent: unknown, key: string): YAMLSeq {
    const list = isMap(parent) ? parent.get(key) : null;
    if (!isSeq(list)) throw new Error(`signers.yaml holds no list ${key}`);
    return list;
  }
}

function textAt(tree: TreeFolder, name: string): string {
  const file = filesUnder(tree, 'policy').find(([path]) => path === name)?.[1];
  if (file === undefined) throw new Error(`policy/${name} is not there`);
  return new TextDecoder().decode(file.bytes);
}
