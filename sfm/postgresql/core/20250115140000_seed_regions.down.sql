DELETE FROM core.regions
WHERE code IN ('eu-central', 'eu-west', 'us-east', 'ap-southeast');
