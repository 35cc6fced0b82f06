import type { HoldKeeper } from './hold-keeper.ts';
import type { ObjectFinder } from './import/object-finder.ts';
import type { LedgerKeeper } from './ledger-keeper.ts';
import type { ScopeKeeper } from './scope-keeper.ts';
import type { StoreExaminer } from './store-examiner.ts';

/** Everything that can be done with a store's ledgers by hand. */
export interface StoreKeeper extends LedgerKeeper, ScopeKeeper, HoldKeeper, StoreExaminer, ObjectFinder {}
