namespace MemScope.Core.Model;

/// <summary>One mapping: a line of maps, a block of smaps. A view of a row of a <see cref="VmaTable"/>, free to make and to pass on.</summary>
public readonly record struct Vma(VmaTable Table, int Index)
{
    /// <summary>The addresses it covers.</summary>
    public AddressRange Range => new(Table.Starts[Index], Table.Ends[Index]);

    /// <summary>First address.</summary>
    public ulong Start => Table.Starts[Index];

    /// <summary>First address behind it.</summary>
    public ulong End => Table.Ends[Index];

    /// <summary>Read, write, execute, shared.</summary>
    public VmaPermissions Permissions => Table.Permissions[Index];

    /// <summary>Offset into the file, bytes.</summary>
    public ulong Offset => Table.Offsets[Index];

    /// <summary>Device major number. Pseudo devices (00:xx) are reused: never an identity.</summary>
    public uint DeviceMajor => (uint)(Table.Devices[Index] >> 32);

    /// <summary>Device minor number.</summary>
    public uint DeviceMinor => (uint)Table.Devices[Index];

    /// <summary>Inode; for SysV shared memory the shmid.</summary>
    public ulong Inode => Table.Inodes[Index];

    /// <summary>The name column verbatim (path, <c>[heap]</c>, <c>[anon:x]</c>), empty when unnamed. Bytes that are not UTF-8 stand as <c>\xNN</c>.</summary>
    public string Name => Table.Names[Index];

    /// <summary>VmFlags as printed (<c>rd wr mr mw me ac</c>), or null when the source has none.</summary>
    public string? Flags => Table.Flags?[Index];

    /// <summary>Virtual size in bytes.</summary>
    public ulong VirtualBytes => Range.Length;

    /// <summary>A number in the unit of the metric (KiB for sizes), or null when it was not printed.</summary>
    public long? this[Metric metric]
    {
        get
        {
            var column = Table.Column(metric);
            return !column.IsEmpty && column[Index] is >= 0 and var number ? number : null;
        }
    }

    /// <summary>A size metric in bytes, 0 when it was not printed.</summary>
    public long Bytes(Metric metric) => (this[metric] ?? 0) * 1024;

    /// <summary>Uss: Private_Clean + Private_Dirty in bytes, or null when not printed.</summary>
    public long? UssBytes => this[Metric.PrivateClean] is { } clean && this[Metric.PrivateDirty] is { } dirty ? (clean + dirty) * 1024 : null;

    /// <summary>Whether the path ends in <c>" (deleted)"</c>. Suspected only: a file may be called so (proc(5)).</summary>
    public bool DeletedSuspected => Name.EndsWith(" (deleted)", StringComparison.Ordinal);
}
