DELETE FROM core.plans
WHERE plan_id IN (
  '0d9f4c1e-6a3b-4f57-9c28-51e7b06a4d10',
  '4b7a2e95-c8d1-4e06-8f3a-92d40c7b1e63',
  '8e15d3b7-2f90-4a6c-b1d4-07c9e5f8a236',
  'c3f86a02-9b4d-4715-a7e0-6d2b18f5093c'
);
