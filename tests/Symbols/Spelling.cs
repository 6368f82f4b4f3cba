namespace MemScope.Symbols.Tests;

/// <summary>Tools and their versions spell one C++ name differently.</summary>
internal static class Spelling
{
    /// <summary><c>vector&lt;set&lt;int&gt; &gt;</c> and <c>vector&lt;set&lt;int&gt;&gt;</c> are one name.</summary>
    public static string WithoutBlanksBetweenBrackets(this string name)
    {
        while (name.Contains("> >", StringComparison.Ordinal)) name = name.Replace("> >", ">>", StringComparison.Ordinal);
        return name;
    }
}
