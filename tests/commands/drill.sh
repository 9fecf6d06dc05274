# A CommServe that loses the answer to the first CreateTask, and a journal of the drill's own.
drill=$(mktemp -d)
pgbackup-tui simulate --scenario lost-answer --port 8400 --token drill --job-seconds 5 > "$drill/commserve" &
until [ -s "$drill/commserve" ]; do sleep 0.1; done
export PGBACKUP_TUI_URL=http://127.0.0.1:8400 PGBACKUP_TUI_TOKEN=drill

# 1. The answer is lost, and for a moment no job can be looked at. UNKNOWN, exit status 6.
pgbackup-tui backup 'pg-pay-01/main/FS*' --level FULL --yes --look 0 --state-dir "$drill/state"; echo "exit status $?"

# 2. Whoever asks again is refused: it could be a second backup. Exit status 10, nothing was sent.
pgbackup-tui backup 'pg-pay-01/main/FS*' --level FULL --yes --state-dir "$drill/state"; echo "exit status $?"

# 3. What the journal knows: one attempt, unknown.
pgbackup-tui history --state-dir "$drill/state"
attempt=$(pgbackup-tui history --json --state-dir "$drill/state" | sed -n 's/.*"attempt": "\(.*\)",/\1/p')

# 4. The CommServe answers again: look for the attempt's jobs. Found, exit status 0.
pgbackup-tui resolve "$attempt" --state-dir "$drill/state"; echo "exit status $?"

# 5. Follow them to their end. GO, exit status 0.
pgbackup-tui jobs --follow --state-dir "$drill/state"; echo "exit status $?"

# 6. The record for the change ticket: what was asked, that the answer was lost, how the job was found.
pgbackup-tui evidence "$attempt" --state-dir "$drill/state"; echo "exit status $?"

# The end of the drill.
kill %1 && wait; rm -r "$drill"
