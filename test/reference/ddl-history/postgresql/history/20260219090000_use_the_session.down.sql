SELECT 'a session leaves nothing behind';
