namespace MemScope.Core.Formats.Text;

/// <summary>A thread's name as the kernel prints it in status and stat: a newline stands as \n and a backslash as \\ (fs/proc/array.c, proc_task_name).</summary>
internal static class CommText
{
    /// <summary>The name.</summary>
    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IndexOf((byte)'\\') < 0) return NameTable.Decode(escaped);
        var plain = new List<byte>(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var pair = escaped[i] == '\\' && i + 1 < escaped.Length && escaped[i + 1] is (byte)'n' or (byte)'\\';
            if (pair) i++;
            plain.Add(pair && escaped[i] == 'n' ? (byte)'\n' : escaped[i]);
        }
        return NameTable.Decode(plain.ToArray());
    }
}
