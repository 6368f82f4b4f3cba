using System.Globalization;

namespace MemScope.Symbols.Elf;

/// <summary>Names of e_machine (elf.h, EM_*) as <c>uname -m</c> would print them.</summary>
internal static class ElfMachines
{
    public const ushort Arm = 40;

    public static string Name(ushort machine) => machine switch
    {
        2 => "sparc",
        3 => "i386",
        8 => "mips",
        20 => "ppc",
        21 => "ppc64",
        22 => "s390",
        Arm => "arm",
        43 => "sparc64",
        62 => "x86_64",
        183 => "aarch64",
        243 => "riscv",
        247 => "bpf",
        258 => "loongarch",
        _ => "machine " + machine.ToString(CultureInfo.InvariantCulture),
    };
}
