/** Archives as tar writes them, and as nobody should. */

export interface Member {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly type?: string;
  readonly prefix?: string;
  /** What its header says, whatever the content has. */
  readonly size?: string;
  /** As GNU writes sizes beyond 8 GiB. */
  readonly binarySize?: boolean;
}

export function tarOf(members: readonly Member[], end = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...members.map(member), end]);
}

export function pax(records: Readonly<Record<string, string>>): Member {
  const content = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return { name: 'PaxHeaders/0', type: 'x', content: content.join('') };
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + 1;
  while (bytes + String(length).length !== length) length += 1;
  return `${length}${rest}`;
}

function member({ name, content = '', type = '0', prefix = '', size, binarySize }: Member): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${size ?? bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  if (binarySize === true) {
    header.fill(0, 124, 136);
    header[124] = 0x80;
    header.writeUIntBE(bytes.length, 130, 6);
  }
  header.write('        ', 148);
  header.write(type, 156, 1);
  header.write('ustar\0' + '00', 257);
  header.write(prefix, 345);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
