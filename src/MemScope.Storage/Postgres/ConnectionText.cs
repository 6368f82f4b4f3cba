using Npgsql;

namespace MemScope.Storage.Postgres;

/// <summary>A connection as people write it: <c>postgres://user:password@host:5432/database?sslmode=require</c> as other tools take it, or Npgsql's <c>Host=…;Username=…</c>.</summary>
internal static class ConnectionText
{
    private const int MostPrepared = 100;

    /// <summary>The connection string for Npgsql.</summary>
    /// <exception cref="ArgumentException">It is neither; the message does not repeat the text, which may hold a password.</exception>
    public static string Parse(string text) => TryParse(text)
        ?? throw new ArgumentException("The database must be given as postgres://USER:PASSWORD@HOST/DATABASE or as \"Host=…;Username=…;Password=…;Database=…\".", nameof(text));

    /// <summary>
    /// The same with statements prepared where the text does not say otherwise: on its second use on a connection a statement is parsed and planned for good, which for most of ours
    /// takes longer than to run it.
    /// </summary>
    /// <exception cref="ArgumentException">As above.</exception>
    public static string ParsePrepared(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder(Parse(text));
        if (!builder.ConnectionString.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase)) (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (MostPrepared, 2);
        return builder.ConnectionString;
    }

    private static string? TryParse(string text)
    {
        try
        {
            return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? OfUri(new Uri(text))
                : new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException or FormatException)
        {
            return null; // the cause would quote what may be a password
        }
    }

    private static string OfUri(Uri uri)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host.Length > 0 ? Uri.UnescapeDataString(uri.Host) : throw new FormatException() };
        if (uri.Port > 0) builder.Port = uri.Port;
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        if (uri.AbsolutePath.Length > 1) builder.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            var value = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
            if (pair[0] == "sslmode") builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true); // libpq: verify-full
            else builder[pair[0].Replace('_', ' ')] = value; // libpq: application_name
        }
        return builder.ConnectionString;
    }
}
