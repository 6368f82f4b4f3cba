using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Whether a rule speaks of a mapping.</summary>
internal delegate bool RuleApplies(MappingFacts mapping);

/// <summary>One rule: what it looks for, what it says.</summary>
internal sealed class CategoryRule(Category category, Confidence confidence, string reason, RuleApplies applies)
{
    public CategoryAssignment Assignment { get; } = new(category, confidence, reason);

    public RuleApplies Applies { get; } = applies;
}

/// <summary>The rules in order: the first that applies decides, so names that the kernel gives come before patterns, and patterns before guesses.</summary>
internal static class CategoryRules
{
    public static readonly CategoryRule[] All =
    [
        // Names that the kernel gives.
        new(Category.Heap, Confidence.Certain, "named [heap] by the kernel: grown by brk", static m => m.Name is "[heap]" or "[ heap ]"),
        new(Category.MainStack, Confidence.Certain, "named [stack] by the kernel", static m => MappingNames.IsMainStack(m.Name)),
        new(Category.ThreadStack, Confidence.Certain, "named as a thread's stack by the kernel", static m => MappingNames.IsNamedThreadStack(m.Name)),
        new(Category.Special, Confidence.Certain, "page of the kernel itself", static m => MappingNames.IsKernelPage(m.Name)),
        new(Category.Special, Confidence.Certain, "page of the kernel itself, by its address", static m => MappingNames.IsVsyscallAddress(m.Vma.Start)),
        new(Category.Special, Confidence.Guess, "laid out like the kernel's vdso", static m => m.Is(Surroundings.UnnamedVdso)),
        new(Category.Huge, Confidence.Certain, "hugetlb file", static m => MappingNames.IsHugeFile(m.Name)),
        new(Category.Huge, Confidence.Certain, "hugetlb pages (VmFlags ht)", static m => m.HasFlag("ht")),
        new(Category.Device, Confidence.Certain, "mapped by a device driver or kernel object", static m => MappingNames.IsDevice(m.Name)),
        new(Category.Device, Confidence.Guess, "named like a device file", static m => MappingNames.IsDeviceBaseName(m.Name)),

        // Address space that holds no memory.
        new(Category.Reserved, Confidence.Certain, "no access: the part of a malloc arena not used yet", static m => m.HasNoAccess && m.Is(Surroundings.ArenaRun)),
        new(Category.Reserved, Confidence.Strong, "no access: guard of a thread's stack", static m => m.HasNoAccess && m.Is(Surroundings.GuardBelowStack)),
        new(Category.Reserved, Confidence.Certain, "no access: a guard or a reserve", static m => m.HasNoAccess && !m.IsShared),

        // Names that a program gives (prctl PR_SET_VMA_ANON_NAME).
        new(Category.ThreadStack, Confidence.Certain, "named as a thread's stack by its owner", static m =>
            m.OwnersName.StartsWith("glibc: pthread", StringComparison.Ordinal) || m.OwnersName.StartsWith("stack_and_tls", StringComparison.Ordinal)),
        new(Category.Arena, Confidence.Certain, "named as a malloc arena by glibc", static m => m.OwnersName.StartsWith("glibc: malloc arena", StringComparison.Ordinal)),
        new(Category.Arena, Confidence.Certain, "named as malloc's memory by glibc", static m => m.OwnersName.StartsWith("glibc: malloc", StringComparison.Ordinal)),
        new(Category.Jit, Confidence.Strong, "executable memory without a file, named by its owner", static m => m.IsExecutable && !m.OwnersName.IsEmpty),
        new(Category.Shared, Confidence.Certain, "anonymous shared memory, named by its owner", static m => m.Name.StartsWith("[anon_shmem:", StringComparison.Ordinal)),
        new(Category.Anonymous, Confidence.Certain, "anonymous memory, named by its owner", static m => !m.OwnersName.IsEmpty),

        // Executable memory and shared memory.
        new(Category.Jit, Confidence.Strong, "executable memory in a memfd", static m => m.IsExecutable && MappingNames.IsMemfd(m.Name)),
        new(Category.Jit, Confidence.Strong, "executable memory without a file", static m => m.IsExecutable && m.IsUnnamed),
        new(Category.Anonymous, Confidence.Guess, "private memory made by mapping /dev/zero", static m => !m.IsShared && m.Name is "/dev/zero"),
        new(Category.Shared, Confidence.Certain, "shared memory (memfd, SysV, POSIX or shared anonymous)", static m => MappingNames.IsSharedMemory(m.Name)),
        new(Category.Shared, Confidence.Strong, "shared and without a file", static m => m.IsShared && m.IsUnnamed),
        new(Category.Shared, Confidence.Guess, "shared, writable and without a name in a file system", static m =>
            m.IsShared && m.IsWritable && m.Vma.DeletedSuspected && !m.Name.Contains('/', StringComparison.Ordinal)),

        // Programs, libraries and other files.
        new(Category.FileData, Confidence.Certain, "writable data of a program or library", static m => m.IsFile && m.IsWritable && m.Is(Surroundings.ElfGroup)),
        new(Category.FileData, Confidence.Strong, "data of a library that the loader wrote once and made read-only", static m => m.Is(Surroundings.RelocatedReadOnly)),
        new(Category.FileText, Confidence.Certain, "code or constants of a program or library", static m => m.IsFile && m.Is(Surroundings.ElfGroup)),
        new(Category.FileData, Confidence.Certain, "mapped file", static m => m.IsFile),
        new(Category.FileData, Confidence.Strong, "zero-initialized data (bss): directly above a library's data", static m => m.Is(Surroundings.AboveLibraryData)),

        // Unnamed anonymous memory by its surroundings.
        new(Category.Arena, Confidence.Certain, "malloc arena: 64 MiB aligned, the rest of its 64 MiB reserved", static m => m.Is(Surroundings.ArenaRun)),
        new(Category.ThreadStack, Confidence.Strong, "a stack's usual size, directly above a guard", static m => m.Is(Surroundings.StackAboveGuard)),
        new(Category.Heap, Confidence.Guess, "first writable memory above the program: where brk grows", static m => m.Is(Surroundings.UnnamedHeap)),
        new(Category.Device, Confidence.Strong, "device memory (VmFlags io or pf)", static m => m.HasFlag("io") || m.HasFlag("pf")),
        new(Category.Anonymous, Confidence.Strong, "Go's heap by its address", static m => m.IsUnnamed && MappingNames.IsGoHeapAddress(m.Vma.Start)),
        new(Category.Anonymous, Confidence.Guess, "unnamed private memory: who mapped it, only a trace can tell", static m => m.IsUnnamed),
        new(Category.Special, Confidence.Guess, "a name in brackets that is not known", static m => MappingNames.IsBracketed(m.Name)),
    ];
}
