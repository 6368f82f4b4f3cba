# Who maps memory through libc's syscall(), past its mmap: whole stacks, inlined frames too, of the first 200 calls.
#
#   gdb -p PID -batch -x recipes/syscalls.gdb > trace.txt
#
# gdb stops every thread at each call, and the process stands still for that long: use it for seconds, not in
# peak hours. rdi is the number of the system call (9 mmap, 25 mremap), rdx the length (of mremap the old one).
# Results are not seen at the beginning of a call. x86-64.
set pagination off
set confirm off
set width 0
set print thread-events off
set $n = 0
break syscall if $rdi == 9 || $rdi == 25
commands
silent
set $n = $n + 1
printf "=== hit %d nr=%d arg1=0x%lx len=%lu\n", $n, $rdi, $rsi, $rdx
bt
if $n < 200
continue
end
end
continue
info proc mappings
detach
quit
