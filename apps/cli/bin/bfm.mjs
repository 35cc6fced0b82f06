#!/usr/bin/env node
await import("../dist/bfm.mjs");
