/** A node of PolarDB for PostgreSQL, as it is sold, and the `max_connections` that it comes with. */
interface Node {
  readonly name: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly connections: number;
}

/**
 * "Compute node specifications" of PolarDB for PostgreSQL, general-purpose (`g`) and dedicated (`x`), as documented at
 * https://www.alibabacloud.com/help/en/polardb/polardb-for-postgresql/enterprise-edition-node-specifications-3 and
 * https://help.aliyun.com/document_detail/209380.htm. A hint for whoever looks for the figure: an owner may have set
 * another, so that none of it is ever counted with.
 */
const NODES: readonly Node[] = [
  ['polar.pg.g2.medium', 2, 4, 500],
  ['polar.pg.x4.medium', 2, 8, 800],
  ['polar.pg.x8.medium', 2, 16, 1600],
  ['polar.pg.x4.large', 4, 16, 1600],
  ['polar.pg.x8.large', 4, 32, 3200],
  ['polar.pg.x4.xlarge', 8, 32, 3200],
  ['polar.pg.x8.xlarge', 8, 64, 3200],
  ['polar.pg.x4.2xlarge', 16, 64, 3200],
  ['polar.pg.x8.2xlarge', 16, 128, 12_800],
  ['polar.pg.x4.4xlarge', 32, 128, 12_800],
  ['polar.pg.x8.4xlarge', 32, 256, 25_600],
].map(([name, cores, memoryGb, connections]) => ({ name, cores, memoryGb, connections }) as Node);

/** What nodes with so many cores have, in words; null where none is known. */
export function polarHint(cores: number): string | null {
  const nodes = NODES.filter((node) => node.cores === cores);
  if (nodes.length === 0) return null;
  const each = nodes.map(({ name, memoryGb, connections }) => `${name} (${memoryGb} GB) ${connections}`);
  return `of PolarDB's nodes with ${cores} cores, ${each.join(', ')}`;
}
